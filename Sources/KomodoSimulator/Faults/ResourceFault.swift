/// A scripted peculiarity of one resource.
package struct ResourceFault: Sendable, Hashable {
    /// What is wrong with the resource.
    package enum Behaviour: String, Sendable, Hashable, CaseIterable {
        /// The operator may neither see nor run it.
        case forbidden
        /// Executions fail with `Resource is busy`.
        case busy
        /// Executions fail remotely.
        case fails
        /// Its server cannot be reached.
        case offline
        /// Executions never end.
        case hangs
        /// Periphery is lost in the middle: `Timed out waiting for message.`
        case vanishes
        /// It cannot be found when an execution names it.
        case missing
        /// The update is gone once the execution has ended.
        case lost
        /// A deploy succeeds, then the container is unhealthy.
        case unhealthy
        /// Executions are accepted, and nothing happens; in the signed interface.
        case ignores
        /// Overrides what is peculiar in the seeded world: executions succeed.
        case succeeds
    }

    /// The name of the resource.
    package var name: String
    /// Its type, for example `Deployment`; nil for every resource of this name.
    package var type: String?
    package var behaviour: Behaviour
    /// How long it lasts, not scaled; nil for ever.
    package var lasts: Duration?
    /// How many executions it meets before it is spent; nil for ever.
    package var times: Int?

    /// A peculiarity of the resource called `name`.
    package init(
        _ name: String, _ behaviour: Behaviour, type: String? = nil, lasts: Duration? = nil,
        times: Int? = nil
    ) {
        self.name = name
        self.behaviour = behaviour
        self.type = type
        self.lasts = lasts
        self.times = times
    }
}

/// What the websocket does wrong.
package struct SocketFault: Sendable, Hashable {
    /// Refuses every upgrade with ``status``.
    package var refuses = false
    /// The status of a refused upgrade; 404 is that of a proxy which passes none on.
    package var status = 503
    /// Sends nothing more, not even pings, after so many events; nil for never.
    package var stallAfter: Int?
    /// Closes after so many events; nil for never.
    package var closeAfter: Int?
    /// How many times each event is sent again.
    package var duplicates = 0

    /// A websocket without faults.
    package init() {}
}
