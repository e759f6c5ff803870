"""The surfaces: portal (everybody), auth, member centre, back office. One module a noun.

Endpoints are named after the noun: `activities` (list), `activities_show`, `activities_new`,
`activities_edit`, `activities_<resource>`: the menus mark the present part by that name.
"""
