// What this package uses of two libraries that publish no types for it.

declare module 'bpmn-moddle' {
  /** An element of a parsed document. Its properties are what the document says: unknown until looked at. */
  export type ModdleElement = { readonly $type: string; readonly [property: string]: unknown };

  /** `element` is there where a reference was not resolved or an attribute not known. */
  export type ModdleWarning = { readonly message: string; readonly element?: ModdleElement };

  export class BpmnModdle {
    constructor(extensions: Readonly<Record<string, unknown>>);
    /** Rejects with an `Error` where the text cannot be read; `lax: false` makes unknown elements such errors too. */
    fromXML(
      xml: string,
      rootType: string,
      options: { readonly lax: boolean },
    ): Promise<{ readonly rootElement: ModdleElement; readonly warnings: readonly ModdleWarning[] }>;
  }
}

declare module 'zeebe-bpmn-moddle/resources/zeebe.json' {
  const descriptor: unknown;
  export default descriptor;
}
