/** The picture of the kind's sample, which no project has: a crossing, drawn so that previews show something. */

export const SAMPLE_HASH = "0".repeat(64);

const CROSSING = `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="480" viewBox="0 0 640 480">
<path fill="#bcd6e6" d="M0 0h640v480H0z"/>
<path fill="#9aa88f" d="M0 150h640v330H0z"/>
<path fill="#c9b79c" d="M430 20h210v180H430z"/>
<path fill="#8f7f68" d="M450 50h40v50h-40zm70 0h40v50h-40zm70 0h40v50h-40zM450 125h40v50h-40zm140 0h40v50h-40z"/>
<path fill="#6b7077" d="M0 250h640v170H0z"/>
<path fill="#e9e6dd" d="M300 260h24v150h-24zm48 0h24v150h-24zm48 0h24v150h-24zm48 0h24v150h-24z"/>
<path fill="#b5402f" d="M42 260q4-20 24-20l26-36q4-4 10-4h92q8 0 14 6l30 34q20 4 20 20v56q0 4-4 4H46q-4 0-4-4z"/>
<path fill="#dbe8f0" d="M84 238l20-28h38v28zm66-28h42l22 28h-64z"/>
<circle fill="#24272b" cx="92" cy="318" r="22"/><circle fill="#24272b" cx="212" cy="318" r="22"/>
<path fill="#2f4a7a" d="M304 214q0-10 10-10h16q10 0 10 10l8 84h-18l-8-40-8 40h-22z"/>
<circle fill="#d9a27c" cx="321" cy="190" r="13"/>
<path fill="#33373c" d="M400 60h8v170h-8zM390 12h24v56h-24z"/>
<circle fill="#e0483a" cx="402" cy="22" r="7"/><circle fill="#6d6433" cx="402" cy="40" r="7"/><circle fill="#2f5b3c" cx="402" cy="58" r="7"/>
</svg>`;

export const samplePicture = (): string => `data:image/svg+xml,${encodeURIComponent(CROSSING)}`;
