package import Jobs

/// Which resources are wanted.
package struct ResourceQuery: Sendable, Hashable {
    /// A condition in the documented words.
    package enum Filter: Sendable, Hashable {
        /// One of the documented words of ``ResourceQuery/type``, for example `running`.
        case status(String)
        /// Deployments and stacks on this server, by name or id.
        case server(String)
        /// Builds from this repository, by name or id.
        case repo(String)
        /// Repositories at `github`, `gitlab`, `bitbucket` or `other`.
        case provider(String)
        /// Procedures that start `manual`, `scheduled` or by `webhook`.
        case trigger(String)
        /// Actions of type `script`, `api` or `notification`.
        case actionType(String)
        /// Actions that may, or may not, start.
        case enabled(Bool)
    }

    package let type: TargetType
    package let filters: [Filter]
    package let page: PageRequest

    package init(
        _ type: TargetType, filters: [Filter] = [], page: PageRequest = PageRequest()
    ) {
        self.type = type
        self.filters = filters
        self.page = page
    }
}

/// Which alerts are wanted; nil means all.
package struct AlertQuery: Sendable, Hashable {
    /// `info`, `warning`, `error` or `critical`.
    package var severity: String?
    package var isResolved: Bool?
    /// In lower snake case, for example `resource_sync`.
    package var resourceType: String?
    package var page: PageRequest

    package init(
        severity: String? = nil, isResolved: Bool? = nil, resourceType: String? = nil,
        page: PageRequest = PageRequest()
    ) {
        self.severity = severity
        self.isResolved = isResolved
        self.resourceType = resourceType
        self.page = page
    }
}

/// Which entries of Komodo's record are wanted; nil means all.
package struct HistoryQuery: Sendable, Hashable {
    /// Resolved or by name: what was worked on.
    package var target: Target?
    /// Komodo's word, for example `DeployStack`.
    package var operation: String?
    /// Only what began earlier.
    package var before: Timestamp?
    package var page: PageRequest

    package init(
        target: Target? = nil, operation: String? = nil, before: Timestamp? = nil,
        page: PageRequest = PageRequest()
    ) {
        self.target = target
        self.operation = operation
        self.before = before
        self.page = page
    }
}

/// Which containers are wanted; nil means all.
package struct ContainerQuery: Sendable, Hashable {
    /// By name or id.
    package var server: String?
    package var page: PageRequest

    package init(server: String? = nil, page: PageRequest = PageRequest()) {
        self.server = server
        self.page = page
    }
}
