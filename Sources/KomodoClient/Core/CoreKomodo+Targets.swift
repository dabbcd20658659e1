internal import JSON
package import Jobs

extension CoreKomodo {
    package func canRead(_ target: Target) async throws(KomodoError) -> Bool {
        // The state is in Core's memory, and asking for it needs the permission to read.
        let request = requests.actionState(target.type, id: try Self.id(of: target))
        do throws(KomodoError) {
            _ = try await json(request, for: .poll)
            return true
        } catch {
            guard error.code == .forbidden else { throw error }
            return false
        }
    }

    package func isBusy(_ target: Target) async throws(KomodoError) -> Bool {
        let request = requests.actionState(target.type, id: try Self.id(of: target))
        guard let state = try await json(request, for: .poll).object else {
            throw KomodoError(
                .malformed, "Komodo's state of the \(target.type.word) is not an object.")
        }
        // Flags for most operations, counters for those that may run several times at once.
        return state.members.contains { $0.value.bool == true || ($0.value.int ?? 0) > 0 }
    }

    package func health(
        of target: Target, services: [String]
    ) async throws(KomodoError) -> HealthReport {
        let id = try Self.id(of: target)
        guard let request = requests.health(target.type, id: id) else {
            throw KomodoError(.invalid, "A \(target.type.word) has no health to wait for.")
        }
        let value = try await json(request, for: .poll)
        guard let report = HealthReading.report(value, of: target.type, services: services) else {
            throw KomodoError(
                .malformed, "Komodo's state of the \(target.type.word) cannot be read.")
        }
        return report
    }
}
