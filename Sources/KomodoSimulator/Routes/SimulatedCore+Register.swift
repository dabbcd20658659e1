internal import JSON

extension SimulatedCore {
    /// Counts a request and looks up what the script does to it.
    func register(_ request: Inbound) -> FaultAction? {
        let type = request.type
        return withState { state in
            state.book.record(request: type ?? "\(request.method) \(request.path)")
            guard state.faults.hasRules else { return nil }
            let strings = request.params?.object?.members.compactMap(\.value.string) ?? []
            let names = strings.compactMap { state.world[$0]?.name }
            return state.faults.decide(
                RequestFacts(
                    method: request.method, path: request.path, type: type,
                    targets: strings + names))
        }
    }

    /// The `Date` of answers, by Core's clock.
    var date: String {
        SimulatorClock.httpDate(milliseconds: withState { $0.clock.now })
    }

    /// A snapshot of what was asked and accepted.
    var ledger: SimulatorLedger {
        withState { $0.book }.snapshot
    }
}
