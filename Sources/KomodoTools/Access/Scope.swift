/// What a token may do; each scope but `admin` includes the ones before it.
package enum Scope: String, Sendable, Hashable, CaseIterable, Comparable {
    /// Look at jobs.
    case read
    /// Run operations that interrupt nothing for long, and steer jobs.
    case operate
    /// Run operations that stop or delete something.
    case destroy
    /// Everything, for everybody's jobs.
    case admin

    package static func < (left: Scope, right: Scope) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .read: 0
        case .operate: 1
        case .destroy: 2
        case .admin: 3
        }
    }
}
