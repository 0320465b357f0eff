"""Inside a job that was submitted to a cluster: how it runs the steps of its group."""

# Slurm's plug-in would take them one after the other, each in a Snakemake of its own. As local rules
# they run in the job's own Snakemake, as many at once as it has cores.
if workflow.remote_exec:
    workflow.localrules(*(rule.name for rule in workflow.rules))
    workflow.global_resources["_nodes"] = None
