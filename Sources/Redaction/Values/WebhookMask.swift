/// Masks the secret part of addresses to which anybody may send who knows them.
enum WebhookMask {
    private static let beginnings = [
        "hooks.slack.com/services/", "hooks.slack.com/workflows/", "discord.com/api/webhooks/",
        "discordapp.com/api/webhooks/", ".webhook.office.com/webhookb2/",
        "outlook.office.com/webhook/",
    ].map { Array($0.utf8) }

    /// `text` with everything replaced that follows the beginning of such an address.
    static func mask(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var copied = 0
        var index = 0
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "/"), let end = end(of: bytes, at: index) else {
                index += 1
                continue
            }
            result += bytes[copied..<end.start] + Array(Redactor.replacement.utf8)
            copied = end.end
            index = max(index + 1, copied)
        }
        guard copied > 0 else { return text }
        return String(decoding: result + bytes[copied...], as: UTF8.self)
    }

    /// Where the secret stands when the slash at `index` is the last one of a beginning.
    private static func end(of bytes: [UInt8], at index: Int) -> (start: Int, end: Int)? {
        let isKnown = beginnings.contains { beginning in
            let start = index + 1 - beginning.count
            return start >= 0 && bytes[start...index].elementsEqual(beginning)
        }
        guard isKnown else { return nil }
        let secret = bytes[(index + 1)...].prefix { ByteClass.token[Int($0)] }
        guard !secret.isEmpty else { return nil }
        return (index + 1, secret.endIndex)
    }
}
