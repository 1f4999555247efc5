"""What one camera's stream turned out to be, noted where it is news; what it lost, counted by the hour."""

from dataclasses import dataclass
from datetime import datetime

from detector.reading import Tempo
from service.cameras.notebook import Notebook
from service.domain.camera_stream import Sends


@dataclass(slots=True)
class Streaming:
    """One camera's; `sends` is what is written down of it."""

    camera_id: str
    notebook: Notebook
    sends: Sends | None = None
    _damaged: int = 0
    _jumps: int = 0

    def begin(self) -> None:
        """A connection is new: it has lost nothing yet."""
        self._damaged = self._jumps = 0

    def learn(self, tempo: Tempo, at: datetime) -> None:
        """Take in what reading has told by now."""
        self._count("damaged", tempo.damaged - self._damaged, at)
        self._count("jumps", tempo.jumps - self._jumps, at)
        self._damaged, self._jumps = tempo.damaged, tempo.jumps
        if tempo.size is None:
            return
        told = Sends(tempo.size, tempo.codec, tempo.keyframes_s, tempo.a_second, tempo.everything)
        now = told.after(self.sends, at)
        if now.is_news(self.sends):
            self.sends = now
            self.notebook.learned(self.camera_id, sends=now)

    def _count(self, what: str, more: int, at: datetime) -> None:
        if more > 0:
            self.notebook.counted(self.camera_id, at, what, more)
