internal import JSON
internal import Jobs

extension CoreKomodo {
    /// What one of several requests for a document came to; nil when there was nothing to ask.
    typealias Answer = Result<JSONValue, KomodoError>?

    /// Reads JSON; nil without a request.
    func answer(_ request: OutgoingRequest?) async -> Answer {
        guard let request else { return nil }
        do throws(KomodoError) {
            return .success(try await json(request, for: .read))
        } catch {
            return .failure(error)
        }
    }
}

/// The parts of a document that could not be read.
///
/// A server that is down must not hide what Core knows of it, so a part may be missing; the
/// document says which and why.
struct MissingParts: Sendable {
    private var texts: [String] = []

    /// The value of a part; nil when there is none, with the reason noted under `name`.
    ///
    /// - Throws: ``KomodoError`` when it concerns the call as a whole.
    mutating func value<Value>(
        _ name: String, _ answer: Result<Value, KomodoError>?
    ) throws(KomodoError) -> Value? {
        switch answer {
        case nil: return nil
        case .success(let value): return value
        case .failure(let error):
            switch error.code {
            case .interrupted, .unauthorized: throw error
            case .notFound, .forbidden, .throttled, .budgetExhausted, .unreachable, .timedOut,
                .malformed, .invalid, .unsupported, .serverFault:
                texts.append("\(name): \(error.message)")
                return nil
            }
        }
    }

    /// A document with the list of what it lacks, when it lacks something.
    func noted(in document: JSONObject) -> JSONObject {
        guard !texts.isEmpty else { return document }
        var document = document
        document.put("unavailable", texts: texts)
        return document
    }
}
