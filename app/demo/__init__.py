"""The demonstration city: real regions, invented people, units and stories. Development only.

`people` makes volunteers, applications and accounts, `year` a year of activities with sign-ups, ticks and
records, `reports` the feedback with pictures drawn for the product; `stories` and `names` hold the words.
Rows are written in bulk with their counters; `flask recount --check` must find nothing to mend after it.
"""
