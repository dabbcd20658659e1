internal import Jobs

extension SignedKomodo {
    package func evidence(_ query: EvidenceQuery) async throws(KomodoError) -> [UpdateSummary] {
        let document = try await whole(query.target, for: .poll, on: .fresh)
        let runs = self.runs(in: document, query.target.type)
        guard runs.hasHistory else {
            try proveUntouched(runs, query)
            return []
        }
        try refuseUnreadable(runs, query.target)
        let found = runs.entries.filter { entry in
            entry.startedAt >= query.startedAtOrAfter
                && query.watermark.map { entry.startedAt > $0 } ?? true
        }
        // What runs now may be the one, even if another has ended meanwhile.
        if isAtWork(runs, query.target), !found.contains(where: { $0.meaning == .underWay }) {
            throw KomodoError(
                .serverFault,
                "'\(query.target.name)' is at work; whose run it is shows when it ends."
            )
        }
        return found.map { entry in
            SignedUpdate.summary(
                id: entry.id, operation: query.operations.first ?? "", target: query.target,
                startedAt: entry.startedAt, meaning: entry.meaning)
        }
    }

    /// Refuses a history in which a run may be hidden.
    private func refuseUnreadable(
        _ runs: SignedRuns, _ target: Target
    ) throws(KomodoError) {
        guard !runs.hasUnreadableEntries else {
            throw KomodoError(
                .unsupported,
                "The history of '\(target.name)' has entries without a time, so what was sent "
                    + "cannot be looked for.")
        }
        guard let ahead = runs.ahead else { return }
        throw KomodoError(
            ahead <= SignedRuns.aheadTolerated ? .serverFault : .unsupported,
            "'\(target.name)' has a time that is \(Int(ahead.inSeconds)) s ahead of Komodo's own "
                + "clock, so what was sent cannot be looked for.")
    }

    /// Proves that a resource without a history was not touched since the watermark.
    private func proveUntouched(
        _ runs: SignedRuns, _ query: EvidenceQuery
    ) throws(KomodoError) {
        let name = query.target.name
        if isAtWork(runs, query.target) {
            throw KomodoError(.serverFault, "'\(name)' is at work.")
        }
        guard let watermark = query.watermark, let changedAt = runs.changedAt,
            changedAt <= watermark, runs.ahead == nil, !runs.isBusy
        else {
            throw KomodoError(
                .unsupported,
                "Komodo keeps no history of a \(query.target.type.word), and '\(name)' may have "
                    + "changed since it was sent.")
        }
    }
}
