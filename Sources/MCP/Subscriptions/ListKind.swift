/// The lists whose changes are told.
enum ListKind: String, Sendable, CaseIterable {
    case tools, prompts, resources

    /// The method that tells of a change.
    var changeNotification: String { "notifications/\(rawValue)/list_changed" }
    /// The member of a subscription filter that asks for it.
    var filterKey: String { "\(rawValue)ListChanged" }
}

extension ServerDefinition {
    /// What changes of lists can be told, with a stream for each.
    func listChanges() -> [(ListKind, AsyncStream<Void>)] {
        ListKind.allCases.compactMap { kind in
            changes(of: kind).map { (kind, $0) }
        }
    }

    /// A stream of the changes of a list; nil when it never changes.
    func changes(of kind: ListKind) -> AsyncStream<Void>? {
        switch kind {
        case .tools: tools?.listChanges()
        case .prompts: prompts?.listChanges()
        case .resources: resources?.listChanges()
        }
    }

    /// Whether single resources can be watched.
    var offersSubscriptions: Bool { resources?.isSubscribable ?? false }
}
