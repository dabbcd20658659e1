/// Why a state was not sealed or not opened.
///
/// None of them tells anything about the payload; a client is answered the same way for all.
package enum SealedStateError: Error, Hashable, CustomStringConvertible {
    /// The text is not as it was sealed, or was sealed with another key or by another version.
    case tampered
    /// Its time is over.
    case expired
    /// It was sealed for another caller or another request.
    case foreign
    /// The payload makes a text longer than ``SealedState/textBytesMax``.
    case tooLarge
    /// The key or nonce does not have the length that it must have.
    case unusable

    package var description: String {
        switch self {
        case .tampered: "the state is not what this server gave out"
        case .expired: "the state has expired"
        case .foreign: "the state belongs to another caller or another request"
        case .tooLarge: "the state would be longer than \(SealedState.textBytesMax) bytes"
        case .unusable: "the key or the nonce of the state has the wrong length"
        }
    }
}
