"""The demonstration city: real regions, invented people, units and stories. Development only.

`people` makes volunteers, applications and accounts, `year` a year of activities with sign-ups, ticks and
records, `feedback` what was written about them, `reports` what volunteers write, `helps` the requests for help;
`…stories` and `names` hold the words, `drawings` the pictures, `stage` the clock that is set back.
Rows are written in bulk with their counters; `flask recount --check` must find nothing to mend after it.
"""
