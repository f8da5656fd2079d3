from datetime import timedelta

from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    """Approval: the gate, review tasks, approval records, withdrawal, schedules."""

    name = "workflows"
    label = "workflows"
    verbose_name = "Workflows"

    def ready(self) -> None:
        # Models must be loaded before all of these.
        from access import schedule as jobs
        from workflows import checks, drift, schedule, task_queue  # noqa: F401 - the import registers the checks
        from workflows.audit import register_mirror
        from workflows.erasures import register_step
        from workflows.notices import register_notices
        from workflows.signal_handlers import register_signal_handlers

        register_signal_handlers()
        register_notices()
        register_mirror()
        register_step()
        jobs.register("workflows.schedule", schedule.EVERY, schedule.run_due)
        jobs.register("workflows.drift", drift.EVERY, drift.check_drift)
        jobs.register("workflows.requeue_lost_tasks", task_queue.EVERY, task_queue.requeue_lost)
        jobs.register("workflows.prune_task_results", timedelta(days=1), task_queue.prune)
