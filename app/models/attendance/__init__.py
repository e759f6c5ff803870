"""到场: who came to an activity. The state lies on `SignUp.attendance`; the verbs are here.

- `rules`: when and by whom somebody may be ticked, and for how many minutes
- `tick`: `mark` one person
- `together`: `mark_rest`, `undo_rest`, `complete`
- `guests`: `find_guests`, `walk_in`
- `roll`: what the checklist shows

Every verb locks in the product's order: the activity, then volunteers by id. Ticks of one activity are
therefore one after the other, and `Activity.attended` is exact.
"""

from app.models.attendance.guests import find_guests, walk_in
from app.models.attendance.tick import mark, mark_held, person_of
from app.models.attendance.together import complete, mark_rest, undo_rest

__all__ = ["complete", "find_guests", "mark", "mark_held", "mark_rest", "person_of", "undo_rest", "walk_in"]
