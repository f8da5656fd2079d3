"""Tables of this app."""

from workflows.models.records import ApprovalRecord, Withdrawal, WorkflowChoice
from workflows.models.review import ReviewTask, ReviewTaskState

__all__ = ["ApprovalRecord", "ReviewTask", "ReviewTaskState", "Withdrawal", "WorkflowChoice"]
