"""The columns of the three rosters as the apps declare them."""

from children.resources import ChildResource
from pairing.resources import PairingResource
from volunteers.resources import VolunteerResource

CHILDREN = tuple(ChildResource.specs())
VOLUNTEERS = tuple(VolunteerResource.specs())
PAIRINGS = tuple(PairingResource.specs())
