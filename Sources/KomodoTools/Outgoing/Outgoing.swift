internal import JSON
internal import MCP
internal import Redaction

/// The one way out: every result of a tool and every resource passes here.
///
/// What leaves is masked, free of markup, short enough for a model, and framed where others wrote
/// it. The structured content carries the same values without the frame.
struct Outgoing: Sendable {
    let redactor: Redactor

    /// Who wrote the texts.
    enum Source: Sendable, Hashable {
        /// This program, or its database, where markup went before anything was stored.
        case ours
        /// Komodo, just now.
        case komodo
    }

    init(_ redactor: Redactor) {
        self.redactor = redactor
    }

    /// The result as it may leave.
    func result(_ result: CallResult, from source: Source = .ours) -> CallResult {
        var result = result
        guard let structured = result.structured else {
            result.content = result.content.map(content)
            return result
        }
        var others = result.content
        var annotations: ContentAnnotations?
        if case .text(_, let known) = others.first {
            annotations = known
            others.removeFirst()
        }
        others = others.map(content)
        // A failure's sentences were made by this program.
        let mask = ValueMask(redactor, strips: source == .komodo && !result.isError)
        let clean = OutgoingBound.fit(
            mask.value(structured), in: OutgoingWeight.room(beside: others), as: .result)
        result.structured = clean
        result.content = [.text(UntrustedFrame.text(clean), annotations)] + others
        return result
    }

    /// A short text as it may leave: a question, or a word about progress.
    func sentence(_ text: String) -> String {
        ValueMask(redactor, strips: false).text(text)
    }

    /// A line of a stored log as it may leave.
    func line(_ text: String) -> String {
        ValueMask(redactor, strips: false).value(["text": .string(text)])["text"]?.string ?? ""
    }

    /// What is put to the client, as it may leave.
    func request(_ request: ClientRequest) -> ClientRequest {
        switch request {
        case .form(var form):
            form.message = sentence(form.message)
            form.schema = ValueMask(redactor, strips: false).value(form.schema)
            return .form(form)
        case .url(let message, let url, let id):
            return .url(message: sentence(message), url: url, id: id)
        case .sampling, .roots: return request
        }
    }

    /// The outcome as it may leave.
    func outcome(_ outcome: CallOutcome, from source: Source = .ours) -> CallOutcome {
        switch outcome {
        case .result(let result): .result(self.result(result, from: source))
        case .task(let view, let immediate):
            .task(task(view), immediate: immediate.map(redactor.redact))
        }
    }

    /// The task as it may leave.
    func task(_ view: TaskView) -> TaskView {
        var view = view
        view.statusMessage = view.statusMessage.map(redactor.redact)
        if case .ended(.result(let result)) = view.state {
            view.state = .ended(.result(self.result(result)))
        }
        return view
    }

    /// The contents of a resource as they may leave.
    func reading(_ reading: ResourceReading) -> ResourceReading {
        var reading = reading
        reading.contents = reading.contents.map { contents in
            guard case .text(let text) = contents.body else { return contents }
            var contents = contents
            contents.body = .text(resourceText(text, contents.mimeType))
            return contents
        }
        return reading
    }

    private func resourceText(_ text: String, _ type: String?) -> String {
        let room = OutgoingWeight.room(beside: [])
        // What is no JSON after all is masked as a text.
        guard type == "application/json", let value = try? JSONValue(parsing: text) else {
            return OutgoingWeight.text.tail(of: redactor.redact(text), max: room)
        }
        let clean = ValueMask(redactor, strips: false).value(value)
        return OutgoingBound.fit(clean, in: room, as: .document).serialized()
    }

    private func content(_ part: Content) -> Content {
        switch part {
        case .text(let text, let annotations):
            let room = OutgoingWeight.room(beside: [])
            return .text(
                OutgoingWeight.text.tail(of: redactor.redact(text), max: room), annotations)
        case .link(var resource):
            resource.title = resource.title.map(redactor.redact)
            return .link(resource)
        case .image, .audio, .embedded: return part
        }
    }
}
