/// What a token allows: a scope and a choice of tools.
///
/// They are stored with the token as words: the scope, `read-only`, `no-destroy`, `toolset:stacks`,
/// `tool:komodo_jobs_Get`, `without:komodo_jobs_Cancel`.
package struct TokenRights: Sendable, Hashable {
    package let scope: Scope
    package let selection: ToolSelection

    package init(_ scope: Scope, _ selection: ToolSelection = ToolSelection()) {
        self.scope = scope
        self.selection = selection
    }

    private static let readOnly = "read-only"
    private static let noDestroy = "no-destroy"
    private static let toolset = "toolset:"
    private static let tool = "tool:"
    private static let without = "without:"

    /// Reads the words of a token.
    ///
    /// A word that this version does not know may be a limit, so a token with one allows nothing.
    ///
    /// - Returns: nil for a token that allows nothing.
    package init?(words: some Sequence<String>) {
        var scope: Scope?
        var selection = ToolSelection()
        for word in words {
            if let known = Scope(rawValue: word) {
                scope = max(scope ?? known, known)
            } else if word == Self.readOnly {
                selection.isReadOnly = true
            } else if word == Self.noDestroy {
                selection.isWithoutDestruction = true
            } else if let name = Self.rest(of: word, Self.toolset) {
                guard let toolset = ToolSelection.Toolset(rawValue: name) else { return nil }
                selection.toolsets = (selection.toolsets ?? []).union([toolset])
            } else if let name = Self.rest(of: word, Self.tool) {
                selection.tools = (selection.tools ?? []).union([name])
            } else if let name = Self.rest(of: word, Self.without) {
                selection.excluded.insert(name)
            } else {
                return nil
            }
        }
        guard let scope else { return nil }
        self.init(scope, selection)
    }

    /// The words, of which the first is the scope.
    package var words: [String] { [scope.rawValue] + limits }

    /// The words beside the scope, in a fixed order.
    package var limits: [String] {
        var words: [String] = []
        if selection.isReadOnly { words.append(Self.readOnly) }
        if selection.isWithoutDestruction { words.append(Self.noDestroy) }
        words += (selection.toolsets ?? []).map { Self.toolset + $0.rawValue }.sorted()
        words += (selection.tools ?? []).map { Self.tool + $0 }.sorted()
        return words + selection.excluded.map { Self.without + $0 }.sorted()
    }

    private static func rest(of word: String, _ prefix: String) -> String? {
        guard word.hasPrefix(prefix), word.count > prefix.count else { return nil }
        return String(word.dropFirst(prefix.count))
    }
}
