"""The standing pages: 使用帮助, 网站地图, 关于本站, 隐私说明, 无障碍说明; and what search engines may read."""

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue

from app import standing
from app.access import public
from app.blueprints.portal import portal
from app.finished import kept
from app.htmx import render
from app.models.region import CITY, children
from app.viewing import site_map


@portal.get("/guide")
@public
@kept()
def guide() -> ResponseReturnValue:
    """The operating guide retold for this site, chapter by chapter."""
    return render("portal/pages/guide.html", chapters=standing.chapters("guide"))


@portal.get("/sitemap")
@public
@kept("regions")
def sitemap() -> ResponseReturnValue:
    """Every page that a visitor can open from a menu, by the menus; and the activities by category and district."""
    return render("portal/pages/sitemap.html", groups=site_map(), districts=children().get(CITY, []))


@portal.get("/about")
@public
@kept()
def about() -> ResponseReturnValue:
    """What the platform is, and who runs it."""
    return render("portal/pages/about.html", page=standing.page("about"))


@portal.get("/privacy")
@public
@kept()
def privacy() -> ResponseReturnValue:
    """What is kept of people, why, how long, and who sees it."""
    return render("portal/pages/page.html", page=standing.page("privacy"))


@portal.get("/accessibility")
@public
@kept()
def accessibility() -> ResponseReturnValue:
    """How to use the site with larger letters, a keyboard, a screen reader."""
    return render("portal/pages/page.html", page=standing.page("accessibility"))


@portal.get("/robots.txt")
@public
def robots() -> ResponseReturnValue:
    """Search engines stay out of what is personal or has no end."""
    closed = [url_for(name) for name in ("office.home", "member.home", "portal.help_track", "portal.search")]
    closed += [url_for("portal.help_asked"), url_for("auth.login")]
    return Response(render_template("portal/pages/robots.txt", closed=closed), mimetype="text/plain")
