"""Songs to compare with -> MIDI and piano rolls, as takes have them."""


rule import_reference:
    """Read a song in MIDI, ABC or MusicXML, and let the band play what names no instrument. One that
    cannot be used leaves an empty score and a reason."""
    input:
        song=get_reference_file,
    output:
        midi="results/generated/references/{reference}.mid",
        roll="results/generated/references/{reference}.npy",
        status="results/generated/references/{reference}.json",
    log:
        "results/logs/import_reference/{reference}.log",
    benchmark:
        "results/benchmarks/import_reference/{reference}.tsv"
    conda:
        "../../envs/transcribe.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(500),
        runtime=per_attempt(5),
    params:
        **code_of("import_reference.py"),
        song=get_reference,
        band={
            knob: value
            for knob, value in config["decode"].items()
            if knob not in ("tempo", "metre")
        },
        grid=config["grid"],
    message:
        "Taking in {wildcards.reference} to compare with"
    script:
        "../scripts/import_reference.py"
