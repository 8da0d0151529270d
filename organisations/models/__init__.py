from organisations.models.claims import Claim, Offering
from organisations.models.groups import LiaisonLink, Organisation, OrganisationMember, Team, TeamMember
from organisations.models.postings import Posting

__all__ = [
    "Claim",
    "LiaisonLink",
    "Offering",
    "Organisation",
    "OrganisationMember",
    "Posting",
    "Team",
    "TeamMember",
]
