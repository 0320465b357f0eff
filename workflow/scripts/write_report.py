"""Rule write_report: the page to look at and listen to."""

from mathrock.jobs.log import log_to

log_to(snakemake.log[0])

from mathrock.report.page import Sources, write_page

params = snakemake.params
page_files = {name: params[name] for name in params.page_files}
sources = Sources(**page_files, **dict(snakemake.input.items()))
write_page(snakemake.output[0], sources, params.settings, params.benchmarks, failures=[])
