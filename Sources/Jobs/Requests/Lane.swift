/// The queue that a job waits in: at most one job of a lane is under way at a time.
///
/// A lane is one target of one instance. Cancels have lanes of their own, or they would wait for
/// what they are to stop.
package struct Lane: Sendable, Hashable {
    package let key: String

    /// The lane of an operation on a resolved target; nil while the target's id is unknown.
    package init?(instance: String, operation: JobOperation, target: Target) {
        guard let id = target.id else { return nil }
        let prefix = operation.spec.isCancel ? "cancel:" : ""
        key = "\(prefix)\(instance)|\(target.type.rawValue)|\(id)"
    }
}
