/**
 * The workbench's script. The page holds `<preceptor-workbench>` and, in `<script type="application/json"
 * id="workbench-data">`, what `types.ts` calls `WorkbenchData`.
 */
import "./guidelines.ts";
import "./shell.ts";
