"""An executor for tests: each job in an empty folder of its own, as a cloud's node would have it.

Its settings are those of the plug-ins for clouds, but that it installs no storage plug-in: the
tests' environment has it. A job's folder stays, with all that was printed there in `printed.txt`.
"""

import os
import subprocess
import tempfile
from pathlib import Path

from snakemake_interface_executor_plugins.executors.base import SubmittedJobInfo
from snakemake_interface_executor_plugins.executors.remote import RemoteExecutor
from snakemake_interface_executor_plugins.settings import CommonSettings

common_settings = CommonSettings(
    non_local_exec=True,
    implies_no_shared_fs=True,
    job_deploy_sources=True,
    pass_default_storage_provider_args=True,
    pass_default_resources_args=True,
    pass_envvar_declarations_to_cmd=False,
    auto_deploy_default_storage_provider=False,
    init_seconds_before_status_checks=1,
)


class Executor(RemoteExecutor):
    """Runs the command that a cloud's node would run."""

    def __post_init__(self):
        self.next_seconds_between_status_checks = 1

    def run_job(self, job):
        folder = tempfile.mkdtemp(dir=os.environ["ELSEWHERE"], prefix=f"{job.name}-")
        with Path(folder, "printed.txt").open("w") as printed:
            process = subprocess.Popen(
                ["/bin/bash", "-c", self.format_job_exec(job)],
                cwd=folder,
                env=os.environ | self.envvars(),
                stdout=printed,
                stderr=printed,
            )
        self.report_job_submission(
            SubmittedJobInfo(job, external_jobid=folder, aux={"process": process})
        )

    async def check_active_jobs(self, active_jobs):
        for job in active_jobs:
            code = job.aux["process"].poll()
            if code is None:
                yield job
            elif code:
                self.report_job_error(job, msg=f"code {code}, see {job.external_jobid}")
            else:
                self.report_job_success(job)

    def cancel_jobs(self, active_jobs):
        for job in active_jobs:
            job.aux["process"].kill()
