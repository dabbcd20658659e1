package import JobStore
internal import Jobs
package import MCP

/// On whose behalf a tool runs, and what that allows.
///
/// A transport's principal has a set of words, which is empty for a local user and for a token
/// without any right alike. Which of the two it is must be said: ``local(_:)`` or ``token(_:)``.
package struct Caller: Sendable, Hashable {
    /// The name that jobs are stored under.
    package let name: String
    /// The strongest scope; nil when nothing is allowed.
    package let scope: Scope?

    /// The user of the machine, who may do everything, as on the command line.
    package static func local(_ principal: Principal) -> Caller {
        Caller(name: principal.name, scope: .admin)
    }

    /// The holder of a token, who may do what the token's scopes say and sees its own jobs.
    package static func token(_ principal: Principal) -> Caller {
        Caller(
            name: principal.name,
            scope: principal.scopes.compactMap(Scope.init(rawValue:)).max())
    }

    /// Whether the scope includes `scope`.
    package func may(_ scope: Scope) -> Bool { self.scope.map { $0 >= scope } ?? false }

    /// Whether the jobs of others are visible.
    package var seesAll: Bool { may(.admin) }

    /// Whether `job` may be seen; a job that may not is answered like one that does not exist.
    package func sees(_ job: JobRecord) -> Bool {
        seesAll || (may(.read) && job.caller.principal == name)
    }
}
