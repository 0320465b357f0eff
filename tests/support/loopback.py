"""A Slurm of one controller and two nodes on this machine alone: no systemd, no cgroups, no
accounting database, nothing that listens beyond 127.0.0.1."""

import os
import shutil
import subprocess
import time
from pathlib import Path

import psutil

# How a project runs on it: as a user types it, but that the jobs of tests are over in seconds.
PROFILE = ("--profile", "profiles/slurm", "--slurm-init-seconds-before-status-checks", "2")
PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "setpriv")
# Snakemake's jobs lose every SLURM_ variable, so they look for the configuration here only.
CONFIGURATION = Path("/etc/slurm/slurm.conf")
OURS = "loopback.conf"  # what that links to
NODES = ("n1", "n2")
PORT = 16817  # the controller's; those of the nodes follow
# A finished job is seen by squeue for MinJobAge seconds; a node without a word for SlurmdTimeout is
# down, and what ran there begins again when its credentials have expired; memory is looked at every
# two seconds; a node may have more cores than the machine.
SETTINGS = """\
ClusterName=loopback
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=cred_expire=20
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=2
JobAcctGatherParams=OverMemoryKill
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=batch_sched_delay=0,sched_min_interval=0
SlurmdParameters=config_overrides
MinJobAge=3600
KillWait=5
SlurmdTimeout=20
ReturnToService=2
"""
NODE = (
    "NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 Port={port} CPUs=4 RealMemory=16000\n"
)
PARTITION = "PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP\n"


def why_not():
    """The reason why Slurm cannot be started here, or None."""
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing:
        return f"not installed: {', '.join(missing)}"
    if os.geteuid() != 0:
        return "only root can start Slurm's daemons"
    if CONFIGURATION.exists() and CONFIGURATION.resolve().name != OURS:
        return f"this machine has a Slurm of its own: {CONFIGURATION}"
    return None


class Loopback:
    """The daemons, which end with this process; what they write is below `folder`."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.started = time.time()
        self.daemons = {}

    def __enter__(self):
        try:
            self.folder.mkdir()
            self._start_munge()
            self._configure()
            self._spawn("slurmctld", "slurmctld", "-D")
            for node in NODES:
                self.start_node(node)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """Leave no job, no daemon and no configuration behind."""
        for name in reversed(self.daemons):
            self.daemons[name].kill()
            self.daemons[name].wait()
        for step in psutil.process_iter(["name", "create_time"]):
            is_step = step.info["name"] == "slurmstepd" and step.info["create_time"] > self.started
            if is_step:
                kill([*step.children(recursive=True), step])
        CONFIGURATION.unlink(missing_ok=True)

    def _start_munge(self):
        (self.folder / "munge.key").write_bytes(os.urandom(128))
        (self.folder / "munge.key").chmod(0o400)
        Path("/run/munge").mkdir(mode=0o755, exist_ok=True)
        files = [
            f"--{kind}-file={self.folder}/munge.{kind}" for kind in ("key", "pid", "log", "seed")
        ]
        self._spawn("munged", "munged", "--foreground", "--force", *files)
        wait_for(lambda: subprocess.run(["munge", "-n"], capture_output=True).returncode == 0)

    def _configure(self):
        host = os.uname().nodename
        text = SETTINGS.format(host=host, port=PORT, folder=self.folder)
        for number, node in enumerate(NODES, 1):
            text += NODE.format(node=node, host=host, port=PORT + number)
        (self.folder / OURS).write_text(text + PARTITION)
        CONFIGURATION.unlink(missing_ok=True)
        CONFIGURATION.symlink_to(self.folder / OURS)

    def _spawn(self, key, *command):
        with (self.folder / f"{key}.log").open("a") as log:
            self.daemons[key] = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *command], stdout=log, stderr=log
            )

    def start_node(self, node):
        """Start a node, or start it again, and wait until it takes jobs."""
        self._spawn(node, "slurmd", "-D", "-N", node)
        wait_for(lambda: node in self.tell("sinfo", "-h", "-N", "-t", "idle", "-o", "%N").split())

    def fail_node(self, node):
        """Let a node go down as if its power had failed, with all that runs on it."""
        self.daemons[node].kill()
        self.daemons[node].wait()
        at_work = processes_of(node)
        steps = {p.parent() for p in at_work if p.parent() and p.parent().name() == "slurmstepd"}
        kill([*steps, *at_work])
        self.tell("scontrol", "update", f"nodename={node}", "state=down", "reason=test")

    def tell(self, *command):
        """What a command of Slurm prints; nothing where it fails."""
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout

    def jobs(self, *states):
        """All jobs that were submitted, or those in a state: {id, state, node, limit, ...}."""
        columns = ("id", "state", "node", "limit", "memory", "gres", "comment")
        lines = self.tell("squeue", "-h", "-S", "i", "-t", "all", "-o", "%i|%T|%N|%l|%m|%b|%k")
        found = [
            dict(zip(columns, line.split("|", len(columns) - 1), strict=True))
            for line in lines.splitlines()
        ]
        return [job for job in found if not states or job["state"] in states]

    def jobs_of(self, rule):
        """The jobs of a rule, or of a group, as they were submitted."""
        return [job for job in self.jobs() if job["comment"].startswith(f"rule_{rule}")]


def processes_of(node):
    """The processes of jobs on a node."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("SLURMD_NODENAME") == node:
                found.append(process)
        except psutil.Error:
            continue
    return found


def kill(processes):
    for process in processes:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue


def wait_for(condition, seconds=120):
    """Wait until `condition` holds, and fail if it does not."""
    for _ in range(seconds * 20):
        if found := condition():
            return found
        time.sleep(0.05)
    raise TimeoutError(f"waited {seconds} s for {condition}")
