/// The queue that a job waits in: at most one job of a lane is under way at a time.
///
/// A lane is one target of one instance; until the target's id is known, it is the name that the
/// caller wrote, so that orders for the same name stay in order. Cancels have lanes of their own, or
/// they would wait for what they are to stop.
package struct Lane: Sendable, Hashable {
    package let key: String

    /// The lane of an operation on a target.
    package init(instance: String, operation: JobOperation, target: Target) {
        let prefix = operation.spec.isCancel ? "cancel:" : ""
        let place = target.id ?? "name:\(target.name)"
        key = "\(prefix)\(instance)|\(target.type.rawValue)|\(place)"
    }
}
