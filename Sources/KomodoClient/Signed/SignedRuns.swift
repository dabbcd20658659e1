internal import JSON
internal import Jobs

/// The runs that a resource's document tells of: its own state, the newest run, and its history.
struct SignedRuns: Sendable {
    /// One run in the history of a resource.
    struct Entry: Sendable, Hashable {
        /// Komodo's own name for it, else one made of the resource and what tells it apart.
        let id: String
        let startedAt: Timestamp
        let meaning: SignedStatus.Meaning
        let document: JSONValue
    }

    let type: TargetType
    /// Komodo's word for the state of the resource or of its newest run.
    let word: String?
    /// When the resource was last changed or run; nil when it does not say.
    ///
    /// Times ahead of Komodo's own clock are left out: they are errors that would hide what happens
    /// until then.
    let changedAt: Timestamp?
    /// The newest synchronisation of a repository.
    let syncedAt: Timestamp?
    /// Whether the document has a history at all.
    let hasHistory: Bool
    /// The oldest first, without those that began ahead of Komodo's own clock.
    let entries: [Entry]
    /// How far the times that were left out are ahead of Komodo's clock; nil when there are none.
    let ahead: Duration?
    /// Whether entries of the history do not say when they began.
    let hasUnreadableEntries: Bool

    /// The newest entries that are looked at.
    private static let entriesMax = 200

    /// Komodo's clock is known as well as that.
    private static let aheadMax: Duration = .seconds(5)
    /// Komodo's machines may disagree by that; it passes with time.
    static let aheadTolerated: Duration = .seconds(300)

    /// Reads a list item or a whole document.
    ///
    /// - Parameter now: Komodo's time after the read; nil while its clock is not known.
    init(_ document: JSONValue, _ type: TargetType, at now: Timestamp?) {
        self.type = type
        let kind = SignedKind(type)
        let last = kind?.lastRun.flatMap { document.field($0) }
        let history = kind?.history.flatMap { document.field($0)?.array }
        let resource = document.field(["id", "_id"])?.word ?? ""
        let readable = (history ?? []).compactMap { kind?.entry($0, of: resource) }
        hasUnreadableEntries = readable.count < history?.count ?? 0
        let isPast: (Timestamp) -> Bool = { moment in
            now.map { moment <= $0 + Self.aheadMax } ?? true
        }
        let sorted = readable.sorted { $0.startedAt < $1.startedAt }
        entries = Array(sorted.filter { isPast($0.startedAt) }.suffix(Self.entriesMax))
        hasHistory = history != nil
        let newestWord = entries.last?.document.field("status")?.word
        word =
            kind?.lastRun == nil
            ? document.field("status")?.word : last?.field("status")?.word ?? newestWord
        let synced = document.field("last_sync")?.moment
        syncedAt = synced.flatMap { isPast($0) ? $0 : nil }
        let holder = last ?? document
        let moments =
            (kind?.lastTimes ?? []).compactMap { holder.field($0)?.moment }
            + [document.field("updatedAt")?.moment, sorted.last?.startedAt].compactMap { $0 }
        changedAt = (moments.filter(isPast) + [entries.last?.startedAt].compactMap { $0 }).max()
        // What a history shows does not depend on the resource's other times.
        let newest = history == nil ? moments.max() : sorted.last?.startedAt
        ahead = now.flatMap { now in newest.map { $0 - now } }
            .flatMap { $0 > Self.aheadMax ? $0 : nil }
    }

    /// Whether something runs on the resource, or is about to: what has run before does not rest as
    /// `pending`.
    var isBusy: Bool {
        SignedStatus.isBusy(word, type) || (isPending && !entries.isEmpty)
    }

    /// Whether Komodo calls the resource, or its newest run, `pending`.
    var isPending: Bool { word?.lowercased() == "pending" }

    /// Whether the resource has changed since `watermark`.
    func hasChanged(since watermark: Timestamp?) -> Bool {
        guard let changedAt else { return false }
        return watermark.map { changedAt > $0 } ?? true
    }

    /// The entry of a run: by its id, else the one after its watermark that began the nearest to
    /// when it was sent.
    func entry(of run: RemoteRun) -> Entry? {
        if let id = run.id, let named = entries.first(where: { $0.id == id }) { return named }
        // An id that the history would show belongs to a run that is not there.
        guard run.id.map({ !isEntryID($0) }) ?? true else { return nil }
        // Nothing tells it from those before it.
        guard run.watermark != nil || run.sentAt != nil else { return nil }
        let newer = entries.filter { entry in
            run.watermark.map { entry.startedAt > $0 } ?? true
        }
        guard let sentAt = run.sentAt else { return newer.first }
        let distance: (Entry) -> Int64 = { abs(($0.startedAt - sentAt).inMilliseconds) }
        return newer.min { distance($0) < distance($1) }
    }

    /// Whether the history shows runs by ids of this form.
    private func isEntryID(_ id: String) -> Bool {
        SignedKind(type)?.entryID == "execution_id" || id.contains("@") || id.contains("#")
    }
}

extension SignedKind {
    /// Reads one run of the history; nil when it does not say when it began.
    fileprivate func entry(_ document: JSONValue, of resource: String) -> SignedRuns.Entry? {
        guard let time = document.field(entryTimes), let startedAt = time.moment else { return nil }
        let name = entryID.flatMap { document.field($0) }
        let id: String
        if let text = name?.word {
            id = text
        } else if let number = name?.int {
            id = "\(resource)#\(number)"
        } else {
            id = "\(resource)@\(time.string ?? "")"
        }
        return SignedRuns.Entry(
            id: id, startedAt: startedAt,
            meaning: SignedStatus.meaning(ofRun: document.field("status")?.word),
            document: document)
    }
}
