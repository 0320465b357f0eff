"""Convert between seconds and the ticks of a MIDI file."""

from bisect import bisect_right

from mathrock.music.score import DEFAULT_TEMPO, Tempo


class TickClock:
    """A converter between seconds and ticks under a tempo map."""

    def __init__(self, tempos: tuple[Tempo, ...], ticks_per_beat: int):
        tempos = tempos if tempos and tempos[0].time <= 0 else (Tempo(0.0, DEFAULT_TEMPO), *tempos)
        self._seconds = [0.0]
        self._ticks = [0]
        self._rates = [tempos[0].bpm / 60 * ticks_per_beat]  # ticks a second
        self._changes = {}  # seconds -> tick: events at the time of a change get the change's tick
        for time, bpm in tempos[1:]:
            # A change is on a whole tick, and later times count from that tick: no error adds up.
            # Where ticks are long, its tick may already lie behind the next change's time.
            passed = max(0, round((time - self._seconds[-1]) * self._rates[-1]))
            self._seconds.append(self._seconds[-1] + passed / self._rates[-1])
            self._ticks.append(self._ticks[-1] + passed)
            self._changes[time] = self._ticks[-1]
            self._rates.append(bpm / 60 * ticks_per_beat)

    def tick(self, seconds: float) -> int:
        """Return the tick nearest to a time; the time of a tempo change gets the change's tick."""
        if seconds in self._changes:
            return self._changes[seconds]
        i = max(0, bisect_right(self._seconds, seconds) - 1)
        return round(self._ticks[i] + (max(0.0, seconds) - self._seconds[i]) * self._rates[i])

    def seconds(self, tick: int) -> float:
        """Return the time of a tick in seconds."""
        i = max(0, bisect_right(self._ticks, tick) - 1)
        return self._seconds[i] + (tick - self._ticks[i]) / self._rates[i]
