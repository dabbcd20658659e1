/// The format of log lines once it is decided.
package enum LogStyle: Sendable, Hashable {
    case human(isTerminal: Bool, hasColour: Bool)
    case plain
    case json

    /// Decides by the setting and by what standard error is.
    ///
    /// `auto` is `plain` when standard error goes to the journal, else `human`. Colour needs a
    /// terminal that is not `dumb`, and `NO_COLOR` unset or empty.
    package init(
        _ format: Settings.LogFormat, environment: [String: String],
        standardError: DescriptorFacts
    ) {
        switch format {
        case .json: self = .json
        case .plain: self = .plain
        case .auto where standardError.isJournal(environment["JOURNAL_STREAM"]): self = .plain
        case .auto, .human:
            let isPlainTerminal =
                environment["NO_COLOR"]?.isEmpty == false
                || environment["TERM"] == "dumb"
            self = .human(
                isTerminal: standardError.isTerminal,
                hasColour: standardError.isTerminal && !isPlainTerminal)
        }
    }

    func text(of line: LogLine) -> String {
        switch self {
        case .human(let isTerminal, let hasColour):
            line.human(isTerminal: isTerminal, hasColour: hasColour)
        case .plain: line.plain()
        case .json: line.json()
        }
    }
}
