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
    /// Which of the server's tools are offered.
    package private(set) var selection = ToolSelection()

    /// The user of the machine, who may do everything, as on the command line.
    package static func local(_ principal: Principal) -> Caller {
        Caller(name: principal.name, scope: .admin)
    }

    /// The holder of a token, who may do what the token's words say and sees its own jobs.
    package static func token(_ principal: Principal) -> Caller {
        let rights = TokenRights(words: principal.scopes)
        return Caller(
            name: principal.name, scope: rights?.scope,
            selection: rights?.selection ?? ToolSelection())
    }

    /// The same caller at a server that itself lets nobody operate, or destroy.
    package func limited(by server: ToolSelection) -> Caller {
        var caller = self
        caller.selection.isReadOnly = selection.isReadOnly || server.isReadOnly
        caller.selection.isWithoutDestruction =
            selection.isWithoutDestruction || server.isWithoutDestruction
        return caller
    }

    /// Whether the scope includes `scope` and nothing takes it away.
    package func may(_ scope: Scope) -> Bool {
        guard let own = self.scope else { return false }
        return own >= scope && selection.permits(scope)
    }

    /// Whether the jobs of others are visible.
    package var seesAll: Bool { may(.admin) }

    /// Whether `job` may be seen; a job that may not is answered like one that does not exist.
    package func sees(_ job: JobRecord) -> Bool {
        seesAll || (may(.read) && job.caller.principal == name)
    }
}
