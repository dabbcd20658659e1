import AsyncHTTPClient
import JSON
import KomodoSimulator
import NIOCore
import NIOHTTP1
import Testing

@testable import KomodoSimulator

/// Calls a simulator through the signed interface, signed as a test wants it.
struct SignedCaller {
    let address: SimulatorAddress
    var key: String
    var secret: String
    /// What the clock of the caller is ahead, in seconds.
    var ahead: Int64 = 0
    /// Stands in for the right signature.
    var signature: String?
    var idempotencyKey: String?

    init(_ address: SimulatorAddress) {
        self.address = address
        key = address.apiKey
        secret = address.apiSecret
    }

    func get(_ path: String) async throws -> Answer { try await send("GET", path, nil) }

    func post(_ path: String, _ body: JSONValue = [:]) async throws -> Answer {
        try await send("POST", path, body.serialized())
    }

    func send(_ method: String, _ path: String, _ body: String?) async throws -> Answer {
        let stamp = String(SimulatorClock.machineNow / 1_000 + ahead)
        let message = Array((method + path + (body ?? "") + stamp).utf8)
        let proof = signature ?? MessageDigest.hmac(message, key: Array(secret.utf8))
        var request = HTTPClientRequest(url: address.url + path)
        request.method = .init(rawValue: method)
        request.headers.add(name: "X-Komodo-Api-Key", value: key)
        request.headers.add(name: "X-Komodo-Timestamp", value: stamp)
        request.headers.add(name: "X-Komodo-Signature", value: proof)
        if let idempotencyKey {
            request.headers.add(name: "Idempotency-Key", value: idempotencyKey)
        }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body))
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        let bytes = try await response.body.collect(upTo: 1 << 24)
        var fields: [String: String] = [:]
        for field in response.headers { fields[field.name.lowercased()] = field.value }
        return Answer(
            status: Int(response.status.code), text: String(buffer: bytes),
            contentType: response.headers.first(name: "Content-Type") ?? "", fields: fields)
    }
}

/// Options of a quick simulator with the signed interface.
func quickSigned(_ change: (inout SimulatorOptions) -> Void = { _ in }) -> SimulatorOptions {
    quick { options in
        options.api = .signed
        change(&options)
    }
}
