package import Jobs

/// One operation that Komodo has accepted, with all that is needed to find it there again.
package struct RemoteRun: Sendable, Hashable {
    /// What Komodo calls it; nil where Komodo gave no id.
    package let id: String?
    package let operation: JobOperation
    /// Resolved: its id is set.
    package let target: Target
    /// When we knew that Komodo had it, by our clock.
    package let acceptedAt: Timestamp
    /// The newest run on the target before it, by Komodo's clock; nil when there was none.
    package let watermark: Timestamp?
    /// When it was sent, by Komodo's clock as well as that is known; nil when it was not sent from
    /// here.
    package let sentAt: Timestamp?

    package init(
        id: String?, operation: JobOperation, target: Target, acceptedAt: Timestamp,
        watermark: Timestamp?, sentAt: Timestamp? = nil
    ) {
        self.sentAt = sentAt
        self.id = id
        self.operation = operation
        self.target = target
        self.acceptedAt = acceptedAt
        self.watermark = watermark
    }
}
