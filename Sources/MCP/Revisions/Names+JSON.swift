internal import JSON

extension Icon {
    /// The icon as 2025-11-25 and later write it.
    var json: JSONValue {
        var object: JSONObject = ["src": .string(source)]
        object["mimeType"] = mimeType.map { .string($0) }
        if !sizes.isEmpty { object["sizes"] = .strings(sizes) }
        object["theme"] = theme.map { .string($0.rawValue) }
        return .object(object)
    }
}

extension JSONObject {
    /// Adds what names have carried since 2025-06-18 and 2025-11-25.
    mutating func setNaming(title: String?, icons: [Icon], _ revision: Revision) {
        if revision >= .june2025 { self["title"] = title.map { .string($0) } }
        if revision >= .november2025, !icons.isEmpty {
            self["icons"] = .array(icons.map(\.json))
        }
    }

    /// Adds `_meta`, which listed things carry since 2025-06-18.
    mutating func setMeta(_ meta: JSONObject?, _ revision: Revision) {
        if revision >= .june2025 { self["_meta"] = meta.map { .object($0) } }
    }

    /// Adds the hints for caches, which answers carry since 2026-07-28.
    mutating func setCache(_ cache: CacheHint, _ revision: Revision) {
        guard revision >= .july2026 else { return }
        self["ttlMs"] = .int(max(0, cache.timeToLive.milliseconds))
        self["cacheScope"] = .string(cache.scope.rawValue)
    }
}

extension ServerInfo {
    /// The `Implementation` object of a revision.
    func json(_ revision: Revision) -> JSONObject {
        var object: JSONObject = ["name": .string(name)]
        object.setNaming(title: title, icons: icons, revision)
        object["version"] = .string(version)
        if revision >= .november2025 {
            object["description"] = description.map { .string($0) }
            object["websiteUrl"] = websiteURL.map { .string($0) }
        }
        return object
    }
}
