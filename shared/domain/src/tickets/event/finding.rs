//! The event of a warning or a breach. Pure.

use crate::{
    sla::{SlaFinding, SlaFindingKind},
    tickets::TicketEventKind,
};

impl From<SlaFinding> for TicketEventKind {
    /// The event of a finding, to be dated [`SlaFinding::at`].
    fn from(finding: SlaFinding) -> Self {
        let SlaFinding {
            metric,
            cycle,
            due_at,
            detected_after_stop,
            ..
        } = finding;
        match finding.kind {
            SlaFindingKind::Warning { percent } => Self::SlaAtRisk {
                metric,
                cycle,
                percent: Some(percent),
                due_at,
                detected_after_stop,
            },
            SlaFindingKind::Breach => Self::SlaBreached {
                metric,
                cycle,
                detected_after_stop,
            },
        }
    }
}
