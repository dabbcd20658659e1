internal import JSON

extension SimulatedCore {
    /// Counts a request that is not answered from its body: too long, never whole, or an upgrade.
    func register(_ method: String, _ path: String, at arrival: Int64) {
        withState { $0.book.record(request: "\(method) \(path)", at: arrival) }
    }

    /// Counts a request and looks up what the script does to it.
    func register(_ request: Inbound, at arrival: Int64) -> FaultAction? {
        withState { state in
            let route = state.options.api == .core ? nil : SignedRoute(request)
            let type = route?.type ?? request.type
            state.book.record(
                request: type ?? "\(request.method) \(request.path)", at: arrival)
            guard state.faults.hasRules else { return nil }
            let strings = request.params?.object?.members.compactMap(\.value.string) ?? []
            let ids = strings + [route?.id].compactMap { $0 }
            let names = ids.compactMap { state.world[$0]?.name }
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
