internal import JSON

/// A resource sync; the documentation has none, so the fields are named like those of others.
enum SyncDocument {
    /// The document, in a list and alone.
    static func document(_ sync: CoreResource) -> JSONObject {
        var document = sync.beginning()
        document.merge(sync.source())
        document.put("last_sync", moment: sync.info("last_sync_ts")?.timestamp)
        document.put("synced_commit", text: sync.info("last_sync_hash")?.string)
        document.put("synced_message", text: sync.info("last_sync_message")?.string)
        document.put("managed", flag: (sync.config("managed") ?? sync.info("managed"))?.bool)
        document.put(
            "paths",
            texts: (sync.config("resource_path") ?? sync.info("resource_path"))?.texts ?? [])
        document.merge(sync.ending())
        return document
    }
}
