import { deflateSync } from "node:zlib";
import { encryption, type Encryption } from "./encrypt.ts";
import { fontNames, PdfPage, type GrayImage, type PageOptions } from "./page.ts";

export { PdfPage, widthOf, type Colour, type FontName, type GrayImage, type PageOptions } from "./page.ts";

/**
 * A small PDF writer for tests and fixtures: standard fonts, lines, boxes, gray pictures. The same calls
 * give the same bytes.
 */
export class PdfWriter {
  readonly #pages: PdfPage[] = [];

  page(options: PageOptions = {}): PdfPage {
    const page = new PdfPage(options);
    this.#pages.push(page);
    return page;
  }

  /** @param options `password`: asked for when the file is opened; `compress`: false leaves content readable */
  bytes({ password, compress = true }: { password?: string; compress?: boolean } = {}): Uint8Array {
    const id = new Uint8Array(16).fill(7);
    const file = new PdfFile(password === undefined ? null : encryption(password, id), id, compress);
    const tree = file.reserve();
    const fonts = fontNames
      .map((name, index) => {
        const font = file.add(`<< /Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding /WinAnsiEncoding >>`);
        return `/F${index} ${font} 0 R`;
      })
      .join(" ");
    const kids = this.#pages.map((page) => addPage(file, page, tree, fonts));
    file.set(tree, `<< /Type /Pages /Count ${kids.length} /Kids [${kids.map((kid) => `${kid} 0 R`).join(" ")}] >>`);
    return file.finish(file.add(`<< /Type /Catalog /Pages ${tree} 0 R >>`));
  }
}

function addPage(file: PdfFile, page: PdfPage, tree: number, fonts: string): number {
  const { rotate = 0, crop } = page.options;
  const images = page.images.map((image, index) => `/I${index} ${addImage(file, image)} 0 R`).join(" ");
  const content = file.addStream("", Buffer.from(page.content, "latin1"));
  const cropBox = crop
    ? ` /CropBox [${crop[0]} ${page.height - crop[1] - crop[3]} ${crop[0] + crop[2]} ${page.height - crop[1]}]`
    : "";
  return file.add(
    `<< /Type /Page /Parent ${tree} 0 R /MediaBox [0 0 ${page.width} ${page.height}]${cropBox} /Rotate ${rotate} ` +
      `/Resources << /Font << ${fonts} >> /XObject << ${images} >> >> /Contents ${content} 0 R >>`,
  );
}

function addImage(file: PdfFile, { width, height, data }: GrayImage): number {
  return file.addStream(
    `/Type /XObject /Subtype /Image /Width ${width} /Height ${height} /ColorSpace /DeviceGray /BitsPerComponent 8`,
    data,
  );
}

/** Numbered objects, the table of where they stand, and the trailer. */
class PdfFile {
  readonly #objects: Buffer[] = [];
  readonly #encryption: Encryption | null;
  readonly #id: Uint8Array;
  readonly #compress: boolean;

  constructor(handler: Encryption | null, id: Uint8Array, compress: boolean) {
    this.#encryption = handler;
    this.#id = id;
    this.#compress = compress;
  }

  reserve(): number {
    return this.#objects.push(Buffer.alloc(0));
  }

  set(number: number, body: string): void {
    this.#objects[number - 1] = Buffer.from(body, "latin1");
  }

  add(body: string): number {
    return this.#objects.push(Buffer.from(body, "latin1"));
  }

  addStream(entries: string, data: Uint8Array): number {
    const number = this.reserve();
    const packed = this.#compress ? deflateSync(data) : data;
    const stored = this.#encryption?.encrypt(number, packed) ?? packed;
    const filter = this.#compress ? "/Filter /FlateDecode " : "";
    this.#objects[number - 1] = Buffer.concat([
      Buffer.from(`<< ${entries} ${filter}/Length ${stored.length} >>\nstream\n`, "latin1"),
      stored,
      Buffer.from("\nendstream", "latin1"),
    ]);
    return number;
  }

  finish(root: number): Uint8Array {
    const encrypt = this.#encryption ? ` /Encrypt ${this.add(this.#encryption.dictionary)} 0 R` : "";
    const parts: Buffer[] = [Buffer.from("%PDF-1.4\n%\xE2\xE3\xCF\xD3\n", "latin1")];
    let at = parts[0]?.length ?? 0;
    const table = this.#objects.map((body, index) => {
      const part = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), body, Buffer.from("\nendobj\n")]);
      parts.push(part);
      const offset = at;
      at += part.length;
      return `${String(offset).padStart(10, "0")} 00000 n \n`;
    });
    const id = Buffer.from(this.#id).toString("hex");
    parts.push(
      Buffer.from(
        `xref\n0 ${table.length + 1}\n0000000000 65535 f \n${table.join("")}trailer\n` +
          `<< /Size ${table.length + 1} /Root ${root} 0 R${encrypt} /ID [<${id}> <${id}>] >>\nstartxref\n${at}\n%%EOF\n`,
      ),
    );
    return Buffer.concat(parts);
  }
}
