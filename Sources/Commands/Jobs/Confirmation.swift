internal import Jobs

/// Asks before something is stopped or destroyed.
enum Confirmation {
    /// Asks on a terminal, unless the answer was given beforehand.
    ///
    /// - Throws: ``CommandError`` when the answer is no, or nobody is there to ask.
    static func ask(_ operation: JobOperation, _ target: String, isGiven: Bool) throws {
        guard operation.spec.tier == .destroy, !isGiven else { return }
        let consequence = RunText.consequence(operation, JobText.plain(target))
        try ask(consequence, verb: "run", refusal: "Not run.")
    }

    /// Asks on a terminal whether to go on.
    ///
    /// - Parameter verb: what `-y` would do without being asked, such as "run".
    /// - Throws: ``CommandError`` when the answer is no, or nobody is there to ask.
    static func ask(_ consequence: String, verb: String, refusal: String) throws {
        guard let answer = Terminal.ask("\(consequence) Go on? [y/N] ") else {
            throw CommandError(
                .usage, "\(consequence) Add -y to \(verb) it without being asked.")
        }
        guard ["y", "yes"].contains(answer.lowercased()) else {
            throw CommandError(.failure, refusal)
        }
    }
}
