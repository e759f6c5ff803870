"""我的导出: exports of many rows that this person asked for in this post; each is theirs alone, for a day."""

import io

from flask import abort, flash, send_file, url_for
from flask.typing import ResponseReturnValue

from app.access import Permission, me, own, requires, signed_in
from app.accounts.proof import prove_first
from app.blueprints.office import office
from app.export import KINDS
from app.exporting import start_after_commit
from app.htmx import go, render
from app.models.export_job import ExportJob, JobState, mine
from app.refusal import Refused

P = Permission


@office.get("/exports")
@requires(P.OFFICE)
def exports() -> ResponseReturnValue:
    """What was asked for, and how far it is."""
    jobs = [job for job in mine(me().id) if _here(job)]
    return render("office/exports.html", "results", jobs=jobs, waiting=any(job.under_way for job in jobs))


@office.post("/exports/<int:id>/file")
@signed_in
def exports_file(id: int) -> ResponseReturnValue:
    """The file; with whole numbers only after a proof."""
    job = _mine(id)
    if job.state is not JobState.DONE:
        raise Refused("文件还没有准备好，请稍候。", None)
    asked = prove_first() if job.full else None
    if asked is not None:
        return asked
    file = io.BytesIO(b"".join(job.pieces()))  # some megabytes at most: an export has a limit
    return send_file(file, KINDS[job.format], as_attachment=True, download_name=job.name)


@office.post("/exports/<int:id>/cancellation")
@signed_in
def exports_cancellation(id: int) -> ResponseReturnValue:
    """Stop it."""
    _mine(id).cancel()
    flash("已取消。", "ok")
    return go(url_for("office.exports"))


@office.post("/exports/<int:id>/restart")
@signed_in
def exports_restart(id: int) -> ResponseReturnValue:
    """Begin anew what is broken, failed or was cancelled."""
    _mine(id).restart()
    start_after_commit()
    flash("已重新开始。", "ok")
    return go(url_for("office.exports"))


def _mine(id: int) -> ExportJob:
    job: ExportJob = own(ExportJob, id)
    return job if _here(job) else abort(404)


def _here(job: ExportJob) -> bool:
    """Whether it was asked for in the post as which the person acts now."""
    post = me().post
    return post is not None and post.id == job.post_id
