"""Signing in and out, registering, switching posts. Importing the modules registers their views."""

from flask import Blueprint

auth = Blueprint("auth", __name__)
WITHOUT_TOKEN = ("auth.login", "portal.mode")  # on cached pages: guarded by app/origin.py instead

from app.blueprints.auth import register, sign_in  # after the blueprint, which views need
