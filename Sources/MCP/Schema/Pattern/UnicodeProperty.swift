/// A property of scalars that `\p{…}` may name.
enum UnicodeProperty: Sendable {
    case any
    case ascii
    case alphabetic
    case lowercase
    case uppercase
    case whiteSpace
    case emoji
    case asciiHexDigit
    case idStart
    case idContinue
    case categories([Unicode.GeneralCategory])

    /// The property that ECMA-262 calls `name`; nil when it is unknown or not supported.
    init?(name: String) {
        if let binary = Self.binary[name] {
            self = binary
            return
        }
        var name = name
        for prefix in ["gc=", "General_Category="] where name.hasPrefix(prefix) {
            name.removeFirst(prefix.count)
        }
        let found = Self.categoryNames.filter { $0.names.contains(name) }
        guard !found.isEmpty else { return nil }
        self = .categories(found.flatMap(\.categories))
    }

    /// Whether `scalar` has the property.
    func holds(for scalar: Unicode.Scalar) -> Bool {
        switch self {
        case .any: true
        case .ascii: scalar.isASCII
        case .alphabetic: scalar.properties.isAlphabetic
        case .lowercase: scalar.properties.isLowercase
        case .uppercase: scalar.properties.isUppercase
        case .whiteSpace: scalar.properties.isWhitespace
        case .emoji: scalar.properties.isEmoji
        case .asciiHexDigit: scalar.properties.isASCIIHexDigit
        case .idStart: scalar.properties.isIDStart
        case .idContinue: scalar.properties.isIDContinue
        case .categories(let categories):
            categories.contains(scalar.properties.generalCategory)
        }
    }

    private static let binary: [String: UnicodeProperty] = [
        "Any": .any, "ASCII": .ascii, "Alphabetic": .alphabetic, "Alpha": .alphabetic,
        "Lowercase": .lowercase, "Lower": .lowercase, "Uppercase": .uppercase,
        "Upper": .uppercase, "White_Space": .whiteSpace, "space": .whiteSpace, "Emoji": .emoji,
        "ASCII_Hex_Digit": .asciiHexDigit, "AHex": .asciiHexDigit, "ID_Start": .idStart,
        "IDS": .idStart, "ID_Continue": .idContinue, "IDC": .idContinue,
    ]

    /// The general categories and their groups by the names of Unicode.
    private static let categoryNames: [(names: [String], categories: [Unicode.GeneralCategory])] = [
        (["Lu", "Uppercase_Letter"], [.uppercaseLetter]),
        (["Ll", "Lowercase_Letter"], [.lowercaseLetter]),
        (["Lt", "Titlecase_Letter"], [.titlecaseLetter]),
        (
            ["LC", "Cased_Letter"], [.uppercaseLetter, .lowercaseLetter, .titlecaseLetter]
        ),
        (["Lm", "Modifier_Letter"], [.modifierLetter]),
        (["Lo", "Other_Letter"], [.otherLetter]),
        (
            ["L", "Letter"],
            [.uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter]
        ),
        (["Mn", "Nonspacing_Mark"], [.nonspacingMark]),
        (["Mc", "Spacing_Mark"], [.spacingMark]),
        (["Me", "Enclosing_Mark"], [.enclosingMark]),
        (["M", "Mark", "Combining_Mark"], [.nonspacingMark, .spacingMark, .enclosingMark]),
        (["Nd", "Decimal_Number", "digit"], [.decimalNumber]),
        (["Nl", "Letter_Number"], [.letterNumber]),
        (["No", "Other_Number"], [.otherNumber]),
        (["N", "Number"], [.decimalNumber, .letterNumber, .otherNumber]),
        (["Pc", "Connector_Punctuation"], [.connectorPunctuation]),
        (["Pd", "Dash_Punctuation"], [.dashPunctuation]),
        (["Ps", "Open_Punctuation"], [.openPunctuation]),
        (["Pe", "Close_Punctuation"], [.closePunctuation]),
        (["Pi", "Initial_Punctuation"], [.initialPunctuation]),
        (["Pf", "Final_Punctuation"], [.finalPunctuation]),
        (["Po", "Other_Punctuation"], [.otherPunctuation]),
        (
            ["P", "Punctuation", "punct"],
            [
                .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
                .initialPunctuation, .finalPunctuation, .otherPunctuation,
            ]
        ),
        (["Sm", "Math_Symbol"], [.mathSymbol]),
        (["Sc", "Currency_Symbol"], [.currencySymbol]),
        (["Sk", "Modifier_Symbol"], [.modifierSymbol]),
        (["So", "Other_Symbol"], [.otherSymbol]),
        (["S", "Symbol"], [.mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol]),
        (["Zs", "Space_Separator"], [.spaceSeparator]),
        (["Zl", "Line_Separator"], [.lineSeparator]),
        (["Zp", "Paragraph_Separator"], [.paragraphSeparator]),
        (["Z", "Separator"], [.spaceSeparator, .lineSeparator, .paragraphSeparator]),
        (["Cc", "Control", "cntrl"], [.control]),
        (["Cf", "Format"], [.format]),
        (["Cs", "Surrogate"], [.surrogate]),
        (["Co", "Private_Use"], [.privateUse]),
        (["Cn", "Unassigned"], [.unassigned]),
        (["C", "Other"], [.control, .format, .surrogate, .privateUse, .unassigned]),
    ]
}
