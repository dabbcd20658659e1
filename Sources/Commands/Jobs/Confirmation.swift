internal import Jobs

/// Asks before something is stopped or destroyed.
enum Confirmation {
    /// Asks on a terminal, unless the answer was given beforehand.
    ///
    /// - Throws: ``CommandError`` when the answer is no, or nobody is there to ask.
    static func ask(_ operation: JobOperation, _ target: String, isGiven: Bool) throws {
        guard operation.spec.tier == .destroy, !isGiven else { return }
        let consequence = RunText.consequence(operation, JobText.plain(target))
        guard let answer = Terminal.ask("\(consequence) Go on? [y/N] ") else {
            throw CommandError(.usage, "\(consequence) Add -y to run it without being asked.")
        }
        guard ["y", "yes"].contains(answer.lowercased()) else {
            throw CommandError(.failure, "Not run.")
        }
    }
}
