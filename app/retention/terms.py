"""The terms, each with its reason. An operator who must keep something longer changes it here and nowhere else."""

from datetime import timedelta

UNDO = timedelta(days=1)  # the former membership: an approval can be undone for ten minutes
ALARMS = timedelta(days=730)  # that something overdue was told: twice as long as anybody is asked for it
ATTEMPTS = timedelta(days=2)  # failed tries: limits look back a day at most
CREATION_KEYS = timedelta(days=7)  # how long a form may lie open and still not create twice
FAILED_IMPORTS = timedelta(days=30)  # errors by line quote the file; after a month nobody mends it
APPLICATIONS = timedelta(days=90)  # refused or withdrawn: the person may ask why; then the number serves nothing
REQUESTS = timedelta(days=180)  # ended: complaints and visits come within half a year; counts need no name
SIGN_INS = timedelta(days=180)  # network logs are kept for six months (Cybersecurity Law, article 21)
INVITATIONS = timedelta(days=730)  # whoever has not joined within two years was asked often enough
MESSAGES = timedelta(days=730)  # two years, as long as a term of service is asked about
DISCLOSURES = timedelta(
    days=1095
)  # exports and who was in them: a claim can be brought for three years (Civil Code, article 188)
# Pictures that no form took go after a day (app/models/picture.py), checked files of people after seven
# (app/models/imports/importing.py); closed accounts at once (app/models/accounts/erasure.py). Backups: the operator.
