internal import JSON

extension CoreState {
    /// Entries of a page of `ListAlerts`.
    static let alertsPerPage = 100

    /// A page of the alerts that a filter selects, the newest first.
    func listAlerts(_ params: JSONValue, for user: Operator) throws(Reply) -> JSONValue {
        let filter = try filter(params["query"], of: "alerts")
        let page = Int(max(0, min(params["page"]?.int ?? 0, Int64(Int32.max))))
        let found = world.alerts(extra: options.extraAlerts, version: version).filter { alert in
            filter.matches(alert.value(of:)) && isOpen(alert, to: user)
        }
        let shown = found.dropFirst(page * Self.alertsPerPage).prefix(Self.alertsPerPage)
        return [
            "alerts": .array(shown.map(\.json)),
            "next_page": shown.count == Self.alertsPerPage ? .int(page + 1) : .null,
        ]
    }

    /// One alert; before 2.0 Core does not look whether the user may see it.
    func alert(_ id: String, for user: Operator) throws(Reply) -> JSONValue {
        let all = world.alerts(extra: options.extraAlerts, version: version)
        guard let alert = all.first(where: { $0.id == id }) else {
            throw .error(500, "no alert found with given id")
        }
        if version.isTwo, let resource = world[alert.targetID], !isOpen(resource, to: user) {
            throw .error(500, permissionText(resource, "Read"))
        }
        return alert.json
    }

    /// Reads the filter of a list, or answers as the database does.
    func filter(_ query: JSONValue?, of what: String) throws(Reply) -> UpdateFilter {
        do {
            return try UpdateFilter(query)
        } catch {
            throw .error(
                500, "failed to pull \(what) from db",
                trace: ["Kind: Command failed: Error code 2 (BadValue): \(error.message)"])
        }
    }

    private func isOpen(_ alert: AlertRecord, to user: Operator) -> Bool {
        world[alert.targetID].map { isOpen($0, to: user) } ?? true
    }
}
