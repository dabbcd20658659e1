import Jobs

/// The whole transition relation as text: each state, and below it each event that has an effect.
struct TransitionTable: Equatable, CustomStringConvertible {
    /// One line for each state and event, in the order of the states and of the samples.
    let rows: [(state: String, effect: String)]

    /// The relation for an operation in its third attempt, under the facts that `change` sets.
    init(_ operation: JobOperation = .deploy, _ change: (inout JobFacts) -> Void = { _ in }) {
        rows = JobState.all.flatMap { state in
            var facts = JobFacts(
                state: state, operation: operation, attempt: 3, failures: 7, holdsLane: true)
            switch state {
            case .running, .success, .failed(.deadline):
                facts.remote = SampleEvents.update
                facts.failures = 2
            case .pending, .starting, .failed, .cancelled: break
            }
            change(&facts)
            return SampleEvents.all.compactMap { event in
                Self.effect(facts, event).map { ("\(state)", "\(event.word) = \($0)") }
            }
        }
    }

    private init(rows: [(state: String, effect: String)]) { self.rows = rows }

    /// The rows that `other` does not have.
    func without(_ other: TransitionTable) -> TransitionTable {
        let known = Set(other.rows.map { "\($0) \($1)" })
        return TransitionTable(rows: rows.filter { !known.contains("\($0) \($1)") })
    }

    /// The rows of one event.
    func only(_ event: String) -> TransitionTable {
        TransitionTable(rows: rows.filter { $0.effect.hasPrefix("\(event) = ") })
    }

    var description: String {
        var lines: [String] = []
        var state: String?
        for row in rows {
            if row.state != state { lines.append(row.state) }
            state = row.state
            lines.append("  \(row.effect)")
        }
        return lines.joined(separator: "\n")
    }

    static func == (left: TransitionTable, right: TransitionTable) -> Bool {
        left.description == right.description
    }

    private static func effect(_ facts: JobFacts, _ event: JobEvent) -> String? {
        switch JobStateMachine().decide(facts, event, random: 0) {
        case .apply(let transition): "\(transition.to)" + details(transition, facts)
        case .noteCancel: "same, cancel noted"
        case .note(let reason): "same, noted \(reason)"
        case .settle(let reason): "same, settled \(reason)"
        case .ignore: nil
        }
    }

    private static func details(_ transition: Transition, _ facts: JobFacts) -> String {
        var text = ""
        let attempt = transition.attempt - facts.attempt
        if attempt != 0 { text += ", try\(attempt > 0 ? "+" : "")\(attempt)" }
        if transition.failures != facts.failures { text += ", fails=\(transition.failures)" }
        if let wait = transition.wait { text += ", wait \(Int(wait.inSeconds)) s" }
        if transition.to.isTerminal, transition.lane == .keep { text += ", keeps lane" }
        switch transition.error {
        case SampleEvents.problem: text += ", error"
        case let error?: text += ", \(error.code.rawValue)"
        case nil: break
        }
        return text + " (\(transition.reason))"
    }
}
