"""The table of operations (SPEC 12.4): what is not here does not exist."""

from __future__ import annotations

from typing import Any, Final

from coalchat.api import (
    amendment,
    direct,
    emergency,
    enrolment,
    evidence,
    history,
    renewal,
    reports,
    requests,
    versions,
)
from coalchat.api.base import Request

OPERATIONS: Final[dict[str, type[Request[Any]]]] = {
    cls.op: cls
    for cls in (
        requests.Hello,
        requests.Unlock,
        requests.GetStatus,
        requests.Stop,
        requests.ListChannels,
        requests.CreateChannel,
        amendment.WidenChannel,
        requests.PreviewLabel,
        requests.SendMessage,
        requests.ListMessages,
        requests.ShowMessage,
        requests.MarkRead,
        requests.AcknowledgeMessage,
        requests.GetMessageStatus,
        versions.CorrectMessage,
        versions.ListVersions,
        versions.RecallMessage,
        reports.ListForms,
        reports.FileReport,
        reports.ListReports,
        requests.NextEvents,
        requests.AddPeer,
        requests.ListPeers,
        requests.RemovePeer,
        requests.ListAudit,
        requests.WorkOffline,
        requests.ListNations,
        requests.ShowPolicy,
        requests.ShowKeys,
        requests.ConfirmClock,
        emergency.RevokeDevices,
        emergency.RekeyNation,
        evidence.ExportEvidence,
        evidence.CheckEvidence,
        history.AskHistory,
        history.ListHistory,
        history.ApproveHistory,
        history.RefuseHistory,
        direct.ListDevices,
        direct.ShowWords,
        direct.ConfirmDevice,
        direct.WithdrawDevice,
        amendment.AdmitNation,
        amendment.SuspendNation,
        amendment.SignAmendment,
        enrolment.CreateInvite,
        enrolment.ListInvites,
        enrolment.ApproveInvite,
        enrolment.WithdrawInvite,
        enrolment.Join,
        enrolment.GetJoinStatus,
        renewal.ListDevices,
        renewal.RenewCustodians,
        renewal.RenewDevice,
        renewal.RequestSeat,
        renewal.CertifySeat,
        renewal.ListCustodians,
    )
}
"""Request classes by the name of their operation."""
